package countersign.launcher;

import java.io.DataOutputStream;
import java.io.File;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.zip.CRC32;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleEvent;
import org.osgi.framework.SynchronousBundleListener;

/**
 * Tells File Install which file each bundle came from, as it would have noted itself. It takes over bundles whose location
 * lies in its folder, but without a note it believes every file has changed and updates, so restarts, every bundle.
 *
 * <p>The note is File Install 3.7's own format: a file {@code <bundle id>.checksum} in its data folder with a checksum of
 * name, time, length and writability. Should a later version note otherwise, each bundle restarts once after the start; the
 * test of this class fails then.
 */
final class FolderHandOver implements SynchronousBundleListener {
    private final Map<Bundle, Path> installed;

    private FolderHandOver(Map<Bundle, Path> installed) {
        this.installed = Map.copyOf(installed);
    }

    static void to(BundleContext context, Map<Bundle, Path> installed) {
        context.addBundleListener(new FolderHandOver(installed));
    }

    @Override
    public void bundleChanged(BundleEvent event) {
        BundleContext context = event.getBundle().getBundleContext();
        if (event.getType() == BundleEvent.STARTING && BundleFolder.FILE_INSTALL.equals(event.getBundle().getSymbolicName())) {
            installed.forEach((bundle, jar) -> note(context, bundle, jar));
        }
    }

    private static void note(BundleContext fileInstall, Bundle bundle, Path jar) {
        File note = fileInstall.getDataFile(bundle.getBundleId() + ".checksum");
        if (note == null || note.exists()) {
            return; // File Install is started again and has its own notes
        }
        try (DataOutputStream out = new DataOutputStream(new FileOutputStream(note))) {
            out.writeLong(checksum(jar));
        } catch (IOException e) {
            System.err.println("countersign: " + jar.getFileName() + " will be started twice: " + e.getMessage());
        }
    }

    private static long checksum(Path jar) throws IOException {
        CRC32 crc = new CRC32();
        crc.update(jar.getFileName().toString().getBytes(Charset.defaultCharset()));
        littleEndian(crc, jar.toFile().lastModified());
        littleEndian(crc, Files.size(jar));
        littleEndian(crc, Files.isWritable(jar) ? 1000 : -1000);
        return crc.getValue();
    }

    private static void littleEndian(CRC32 crc, long value) {
        for (int i = 0; i < Long.BYTES; i++) {
            crc.update((int) (value >> (8 * i)) & 0xff);
        }
    }
}
