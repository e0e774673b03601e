/** What the host says about this machine: goal state, shared config and instance, read within limits (host-endpoints.md H1 to H8). */
package countersign.host.client.metadata;
