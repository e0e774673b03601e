/**
 * 
 */
@Export
@Version("1.0.0")
package countersign.status;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
