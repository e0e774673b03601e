package countersign.authorization.engine;

import countersign.authorization.engine.compile.CompileException;
import countersign.authorization.engine.compile.PolicyCompiler;
import countersign.authorization.engine.decision.ItemSet;
import countersign.policy.RuleDocument;
import countersign.rules.json.JsonBytes;
import countersign.rules.json.MalformedJson;
import countersign.rules.json.RuleDocuments;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Rule documents for tests, written with single quotes. */
public final class Rules {
    private Rules() {}

    public static RuleDocument document(String json) {
        try {
            return RuleDocuments.parse(json.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
        } catch (MalformedJson e) {
            throw new IllegalArgumentException(e);
        }
    }

    /** As {@link #document}, without the limit of a document's length. */
    public static RuleDocument large(String json) {
        try {
            return JsonBytes.read(json.replace('\'', '"').getBytes(StandardCharsets.UTF_8), Integer.MAX_VALUE, RuleDocuments::read);
        } catch (MalformedJson e) {
            throw new IllegalArgumentException(e);
        }
    }

    /** An IMDS item in enforce mode: each privilege is one word, its path; all are held by user {@code alice}. */
    public static RuleDocument heldByAlice(String defaultAccess, String... paths) {
        StringBuilder privileges = new StringBuilder();
        StringBuilder names = new StringBuilder();
        for (int i = 0; i < paths.length; i++) {
            String separator = i == 0 ? "" : ",";
            privileges.append(separator).append("{'name':'p").append(i).append("','path':'").append(paths[i]).append("'}");
            names.append(separator).append("'p").append(i).append('\'');
        }
        return document("{'imds':{'defaultAccess':'" + defaultAccess + "','mode':'enforce','id':'test','rules':{'privileges':[" + privileges
                + "],'roles':[{'name':'r','privileges':[" + names + "]}],'identities':[{'name':'alice','userName':'alice'}],"
                + "'roleAssignments':[{'role':'r','identities':['alice']}]}}}");
    }

    public static ItemSet compile(RuleDocument document) {
        try {
            return PolicyCompiler.compile(document, Optional.empty()).items();
        } catch (CompileException e) {
            throw new IllegalArgumentException(e);
        }
    }
}
