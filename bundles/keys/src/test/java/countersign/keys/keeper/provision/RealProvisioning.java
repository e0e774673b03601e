package countersign.keys.keeper.provision;

import java.lang.annotation.Annotation;
import java.nio.file.Path;

/** Provisioning as it ships, for tests of what attaches itself to it. */
public final class RealProvisioning {
    private RealProvisioning() {}

    public static ProvisioningComponent in(Path keys) {
        return new ProvisioningComponent(new Settings(keys.toString()));
    }

    public static void end(ProvisioningComponent provisioning) {
        provisioning.deactivate();
    }

    private record Settings(String latchKeyFolder) implements ProvisioningComponent.Config {
        @Override
        public Class<? extends Annotation> annotationType() {
            return ProvisioningComponent.Config.class;
        }
    }
}
