/** Just enough HTTP/1.1 to see requests exactly as they were sent. */
package countersign.host.simulator.http;
