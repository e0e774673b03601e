package countersign.host.client.metadata;

import countersign.host.HostClient;
import countersign.host.HostMetadata;
import countersign.host.VmMetadata;
import java.util.Optional;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** The cache as a service. Immediate, because a delayed component would forget the set whenever nobody holds it; it asks only when asked. */
@Component(service = HostMetadata.class, immediate = true)
public final class HostMetadataComponent implements HostMetadata {
    private final HostMetadata cache;

    @Activate
    public HostMetadataComponent(@Reference HostClient host) {
        this.cache = new MetadataCache(new MetadataFetch(host), System::nanoTime);
    }

    @Override
    public Optional<VmMetadata> current() {
        return cache.current();
    }
}
