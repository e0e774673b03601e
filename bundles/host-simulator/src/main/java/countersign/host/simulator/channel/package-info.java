/** The host's half of the secure channel: keys, the status document and the clock. */
package countersign.host.simulator.channel;
