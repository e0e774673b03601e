package countersign.policy.local;

import static java.util.Objects.requireNonNull;

import countersign.policy.LocalRules;
import countersign.policy.local.RuleFile.State;
import countersign.rules.json.LocalRuleFiles;
import countersign.rules.json.MalformedJson;
import countersign.telemetry.NoticeEvent.Level;
import java.io.IOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;

/**
 * The local rules of one service: looks at the file whenever {@link #evaluate} is called and reads it again when it may have changed or could
 * not be used before (authorization.md section 9.6, with Q15: size, inode and, for small files, the content count too). For one thread.
 */
final class WatchedRules {
    private static final int ATTEMPTS = 3;
    private static final long PAUSE_MILLIS = 50;
    /** Files up to this size are compared by content, so that a change which leaves every attribute as it was is noticed. */
    private static final long DIGESTED = 64 << 10;

    private final RuleFile file;
    private final Reports reports;
    private State known = new State.Unknown();
    private byte[] digest = {};
    private boolean failed;
    private boolean wanted;
    private LocalRules rules = new LocalRules.Missing();

    /** Where events go (authorization.md section 9.7). */
    @FunctionalInterface
    interface Reports {
        void report(Level level, String name, String text);
    }

    WatchedRules(RuleFile file, Reports reports) {
        this.file = requireNonNull(file, "file");
        this.reports = requireNonNull(reports, "reports");
    }

    LocalRules rules() {
        return rules;
    }

    /**
     * Brings {@link #rules} up to date.
     *
     * @param marker whether the platform asks for local rules; when it does not, the file is followed in silence
     */
    void evaluate(boolean marker) {
        boolean switched = marker != wanted;
        if (switched) {
            report(Level.WARN, "LocalFileRulesStateChanged", "local rules switched " + (marker ? "on" : "off") + ": " + file.path());
        }
        wanted = marker;
        take(file.state(), switched && marker);
    }

    /** @param anew the platform has just asked for local rules: what is known is not told yet */
    private void take(State now, boolean anew) {
        boolean moved = !now.equals(known);
        if (moved || anew) {
            reportState(anew ? new State.Unknown() : known, now);
        }
        known = now;
        if (now instanceof State.Missing) {
            failed = false;
            rules = new LocalRules.Missing();
        } else if (now instanceof State.Untrusted untrusted) {
            failed = true;
            rules = new LocalRules.Unusable(untrusted.reason());
            if (moved || anew) {
                report(Level.ERROR, "LocalRulesFileMetadataReadFailed", untrusted.reason() + "; the service fails closed");
            }
        } else if (now instanceof State.Present present && (moved || failed || anew || present.size() <= DIGESTED)) {
            read(present, moved || failed || anew);
        }
    }

    private void reportState(State before, State now) {
        if (now instanceof State.Untrusted untrusted) {
            report(Level.ERROR, "LocalFileRulesStateChanged", untrusted.reason());
        } else if (now instanceof State.Missing) {
            boolean known = !(before instanceof State.Unknown);
            report(Level.WARN, "LocalFileRulesStateChanged", file.path() + (known ? ": deleted" : ": not found"));
        } else {
            report(Level.WARN, "LocalFileRulesStateChanged", file.path() + (before instanceof State.Present ? ": changed" : ": found"));
        }
    }

    /** Takes up what was written while it was reading, so that a file replaced at that moment does not close the service until the next look. */
    private void read(State.Present found, boolean suspected) {
        State.Present present = found;
        String failure = "";
        for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
            try {
                accept(file.read(present), attempt, suspected || !present.equals(found));
                return;
            } catch (LocalRuleFiles.Invalid e) {
                fail(file.path() + ": " + e.getMessage());
                return;
            } catch (MalformedJson e) {
                failure = file.path() + ": " + e.getMessage();
            } catch (IOException e) {
                failure = e.getMessage();
            }
            if (attempt == ATTEMPTS || !pause()) {
                break;
            }
            State now = file.state();
            if (!(now instanceof State.Present again)) {
                take(now, false);
                return;
            }
            known = again;
            present = again;
        }
        fail(failure);
    }

    private void accept(byte[] content, int attempt, boolean suspected) throws MalformedJson, LocalRuleFiles.Invalid {
        byte[] now = sha256(content);
        if (!suspected && Arrays.equals(now, digest)) {
            return;
        }
        if (!suspected) {
            report(Level.WARN, "LocalFileRulesStateChanged", file.path() + ": changed");
        }
        LocalRules.Present present = LocalRuleFiles.read(content);
        digest = now;
        failed = false;
        rules = present;
        report(Level.INFO, "LocalRulesFileParseSuccess",
                file.path() + ": id " + present.id().orElse("unknown") + ", attempt " + attempt);
    }

    private void fail(String reason) {
        failed = true;
        digest = new byte[0];
        rules = new LocalRules.Unusable(reason);
        report(Level.ERROR, "LocalRulesFileParseFailed", reason + "; the service fails closed");
    }

    private void report(Level level, String name, String text) {
        if (wanted || name.equals("LocalFileRulesStateChanged") && text.startsWith("local rules switched")) {
            reports.report(level, name, text);
        }
    }

    private static boolean pause() {
        try {
            Thread.sleep(PAUSE_MILLIS);
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private static byte[] sha256(byte[] content) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(content);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java runtime must ship SHA-256", e);
        }
    }
}
