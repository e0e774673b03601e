package countersign.itests.bench.policy;

import countersign.authorization.engine.compile.CompileException;
import countersign.authorization.engine.compile.PolicyCompiler;
import countersign.rules.json.JsonBytes;
import countersign.rules.json.MalformedJson;
import countersign.policy.RuleDocument;
import countersign.rules.json.RuleDocuments;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Rule documents of any size, shaped like real ones: paths of three to five segments, some with parameters, held by a few of many identities. */
final class Documents {
    private Documents() {}

    static String path(int privilege) {
        return "/metadata/group" + privilege % 41 + "/service" + privilege % 97 + "/item" + privilege;
    }

    static byte[] json(int privileges) {
        StringBuilder json = new StringBuilder("{\"imds\":{\"defaultAccess\":\"deny\",\"mode\":\"enforce\",\"id\":\"bench\",\"rules\":{\"privileges\":[");
        for (int i = 0; i < privileges; i++) {
            json.append(i == 0 ? "" : ",").append("{\"name\":\"privilege-").append(i).append("\",\"path\":\"").append(path(i)).append('"')
                    .append(i % 3 == 0 ? ",\"queryParameters\":{\"api-version\":\"2021-02-01\"}}" : "}");
        }
        int roles = Math.max(1, privileges / 10);
        json.append("],\"roles\":[");
        for (int i = 0; i < roles; i++) {
            json.append(i == 0 ? "" : ",").append("{\"name\":\"role-").append(i).append("\",\"privileges\":[");
            for (int j = 0, n = 0; i + j < privileges; j += roles, n++) {
                json.append(n == 0 ? "" : ",").append("\"privilege-").append(i + j).append('"');
            }
            json.append("]}");
        }
        int identities = Math.max(2, privileges / 5);
        json.append("],\"identities\":[");
        for (int i = 0; i < identities; i++) {
            json.append(i == 0 ? "" : ",").append("{\"name\":\"identity-").append(i).append("\",\"userName\":\"user").append(i)
                    .append("\",\"exePath\":\"/usr/bin/tool").append(i % 7).append("\"}");
        }
        json.append("],\"roleAssignments\":[");
        for (int i = 0; i < roles; i++) {
            json.append(i == 0 ? "" : ",").append("{\"role\":\"role-").append(i).append("\",\"identities\":[\"identity-").append(i % identities)
                    .append("\",\"identity-").append((i + 1) % identities).append("\",\"identity-").append((i * 7 + 3) % identities).append("\"]}");
        }
        return json.append("]}}}").toString().getBytes(StandardCharsets.UTF_8);
    }

    static RuleDocument document(byte[] json) {
        try {
            return JsonBytes.read(json, Integer.MAX_VALUE, RuleDocuments::read);
        } catch (MalformedJson e) {
            throw new IllegalStateException(e);
        }
    }

    static PolicyCompiler.Result compile(RuleDocument document) {
        try {
            return PolicyCompiler.compile(document, Optional.empty());
        } catch (CompileException e) {
            throw new IllegalStateException(e);
        }
    }
}
