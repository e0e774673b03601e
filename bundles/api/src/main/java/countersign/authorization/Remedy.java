package countersign.authorization;

import java.util.Optional;
import org.osgi.annotation.versioning.ProviderType;

/** The way to the {@link Proposal} for one refused request, which nobody works out unless somebody asks. */
@ProviderType
@FunctionalInterface
public interface Remedy {
    /** For requests that need none. */
    Remedy NONE = Optional::empty;

    /**
     * Works the proposal out when first asked, which can take as long as compiling the rules: never ask while a request waits. The answer
     * stays the same. Empty when the request needs none. Safe from any thread; never throws.
     */
    Optional<Proposal> proposal();
}
