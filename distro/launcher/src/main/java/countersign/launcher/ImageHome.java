package countersign.launcher;

import java.net.URISyntaxException;
import java.nio.file.Path;

/** The folder of the image this launcher belongs to: the parent of the {@code lib} folder with its jar. */
final class ImageHome {
    private ImageHome() {}

    static Path find() {
        String given = System.getProperty("countersign.home");
        if (given != null) {
            return Path.of(given).toAbsolutePath().normalize();
        }
        try {
            Path jar = Path.of(ImageHome.class.getProtectionDomain().getCodeSource().getLocation().toURI());
            return jar.getParent().getParent();
        } catch (URISyntaxException e) {
            throw new IllegalStateException("the launcher's own location is not a file", e);
        }
    }
}
