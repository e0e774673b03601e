package countersign.launcher;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.Constants;
import org.osgi.framework.startlevel.BundleStartLevel;

/**
 * The folder whose jars are the agent. The launcher installs them once, which is faster than waiting for the first look of
 * File Install and tells what is wrong; from then on File Install manages the folder.
 */
final class BundleFolder {
    static final String FILE_INSTALL = "org.apache.felix.fileinstall";

    private final Path folder;

    BundleFolder(Path folder) {
        this.folder = folder;
    }

    /** Installs every jar and marks all but fragments to be started when the framework reaches their level. */
    void install(BundleContext context) throws IOException, BundleException, CannotGuardException {
        refuseIfOthersMayWrite();
        Map<Bundle, Path> installed = new TreeMap<>();
        for (Path jar : jars()) {
            try {
                installed.put(context.installBundle(jar.toUri().toString()), jar);
            } catch (BundleException e) {
                System.err.println("countersign: " + jar.getFileName() + " is not installed: " + e.getMessage());
            }
        }
        if (installed.isEmpty()) {
            throw new CannotGuardException("no bundles in " + folder);
        }
        FolderHandOver.to(context, installed);
        for (Bundle bundle : installed.keySet()) {
            bundle.adapt(BundleStartLevel.class).setStartLevel(StartLevels.of(bundle));
            if (bundle.getHeaders().get(Constants.FRAGMENT_HOST) == null) {
                bundle.start(Bundle.START_ACTIVATION_POLICY);
            }
        }
    }

    private List<Path> jars() throws IOException {
        List<Path> jars = new ArrayList<>();
        try (DirectoryStream<Path> found = Files.newDirectoryStream(folder, "*.jar")) {
            found.forEach(jars::add);
        }
        jars.sort(null);
        return jars;
    }

    /* Who can write here decides what root runs. */
    private void refuseIfOthersMayWrite() throws IOException, CannotGuardException {
        if (!Files.isDirectory(folder)) {
            throw new CannotGuardException("this image has no folder " + folder);
        }
        if (Files.getPosixFilePermissions(folder).contains(PosixFilePermission.OTHERS_WRITE)) {
            throw new CannotGuardException(folder + " can be written by every user; run: chmod o-w " + folder);
        }
        for (Path jar : jars()) {
            if (Files.getPosixFilePermissions(jar).contains(PosixFilePermission.OTHERS_WRITE)) {
                throw new CannotGuardException(jar + " can be written by every user; run: chmod o-w " + jar);
            }
        }
    }
}
