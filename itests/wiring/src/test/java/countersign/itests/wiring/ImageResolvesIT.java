package countersign.itests.wiring;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;
import static org.ops4j.pax.exam.CoreOptions.options;

import java.util.ArrayList;
import java.util.List;
import javax.inject.Inject;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.ops4j.pax.exam.Configuration;
import org.ops4j.pax.exam.Option;
import org.ops4j.pax.exam.junit.PaxExam;
import org.ops4j.pax.exam.spi.reactors.ExamReactorStrategy;
import org.ops4j.pax.exam.spi.reactors.PerClass;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;

/** The image as composed: every bundle resolves, and every one that is not a fragment starts. */
@RunWith(PaxExam.class)
@ExamReactorStrategy(PerClass.class)
public class ImageResolvesIT {
    @Inject
    private BundleContext context;

    @Configuration
    public Option[] image() {
        return options(Image.bundlesWithout(), AgentUnderTest.folders());
    }

    @Test
    public void everyBundleOfTheImage_resolvesAndStarts() {
        List<String> idle = new ArrayList<>();
        int ours = 0;
        for (Bundle bundle : context.getBundles()) {
            boolean fragment = bundle.getHeaders().get(Constants.FRAGMENT_HOST) != null;
            ours += bundle.getSymbolicName().startsWith("countersign.") ? 1 : 0;
            if (bundle.getState() != (fragment ? Bundle.RESOLVED : Bundle.ACTIVE)) {
                idle.add(bundle.getSymbolicName() + " in state " + bundle.getState());
            }
        }
        assertEquals(List.of(), idle);
        assertTrue("expected the agent's own bundles, found " + ours, ours >= 13);
    }

    @Test
    public void noBundle_importsAnotherOnesPackagesExceptTheApis() {
        List<String> stray = new ArrayList<>();
        for (Bundle bundle : context.getBundles()) {
            String imports = String.valueOf(bundle.getHeaders().get(Constants.IMPORT_PACKAGE));
            String exports = String.valueOf(bundle.getHeaders().get(Constants.EXPORT_PACKAGE));
            if (bundle.getSymbolicName().startsWith("countersign.") && !bundle.getSymbolicName().equals("countersign.api")
                    && exports.contains("countersign.")) {
                stray.add(bundle.getSymbolicName() + " exports " + exports);
            }
            assertTrue(imports, imports.isEmpty() || !imports.contains("countersign.lease"));
        }
        assertEquals(List.of(), stray);
    }
}
