/** What guests tell the host about themselves. */
package countersign.host.simulator.telemetry;
