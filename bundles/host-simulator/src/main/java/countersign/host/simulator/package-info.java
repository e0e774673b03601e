/**
 * A strict stand-in for WireServer, IMDS and HostGAPlugin: a plain program for demos, tests and laptops. It is packaged
 * like the other modules but never part of an image.
 */
package countersign.host.simulator;
