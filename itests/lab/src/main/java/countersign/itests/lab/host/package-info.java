/** The simulated host, as the lab starts and steers it. */
package countersign.itests.lab.host;
