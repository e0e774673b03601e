/** What the simulated services answer once a request is let through (host-endpoints.md sections 3 to 7). */
package countersign.host.simulator.content;
