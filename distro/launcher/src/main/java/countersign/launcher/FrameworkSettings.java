package countersign.launcher;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** The framework properties of an agent. Bundles read those that begin with their own names. */
final class FrameworkSettings {
    /** Milliseconds between two looks at the bundle folder: the latency of a bundle dropped in or taken out. */
    static final int FOLDER_POLL_MILLIS = 500;

    private FrameworkSettings() {}

    static Map<String, Object> of(Path home, Path config, Path runFolder) {
        Map<String, Object> settings = new HashMap<>();
        settings.put("countersign.home", home.toString());
        settings.put("countersign.config", config.toString());

        settings.put("org.osgi.framework.storage", runFolder.resolve("cache").toString());
        settings.put("org.osgi.framework.storage.clean", "onFirstInit");
        settings.put("org.osgi.framework.startlevel.beginning", Integer.toString(StartLevels.LAST));
        // The image lives and dies in this process, and nothing in it makes URLs of bundle resources from text.
        settings.put("felix.service.urlhandlers", "false");
        settings.put("felix.log.logger", new FrameworkLog());
        settings.put("felix.log.level", "2");

        settings.put("felix.fileinstall.dir", home.resolve("bundles").toString());
        settings.put("felix.fileinstall.tmpdir", runFolder.resolve("fileinstall").toString());
        settings.put("felix.fileinstall.poll", Integer.toString(FOLDER_POLL_MILLIS));
        settings.put("felix.fileinstall.filter", ".*\\.jar");
        settings.put("felix.fileinstall.subdir.mode", "skip");
        settings.put("felix.fileinstall.bundles.new.start", "true");
        settings.put("felix.fileinstall.start.level", Integer.toString(StartLevels.AGENT));
        settings.put("felix.fileinstall.active.level", Integer.toString(StartLevels.LAST));
        settings.put("felix.fileinstall.enableConfigSave", "false");
        settings.put("felix.fileinstall.log.default", "jul");
        settings.put("felix.fileinstall.log.level", "3");
        // A jar dropped in must not restart bundles that have nothing to do with it.
        settings.put("felix.fileinstall.fragmentRefreshScope", "none");
        settings.put("felix.fileinstall.optionalImportRefreshScope", "none");
        return settings;
    }
}
