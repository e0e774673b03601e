/**
 * 
 */
@Export
@Version("1.0.0")
package countersign.keys;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
