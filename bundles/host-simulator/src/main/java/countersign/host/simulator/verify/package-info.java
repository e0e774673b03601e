/**
 * The simulator's own verifier, written from signing.md and host-endpoints.md section 9. It shares nothing with the code
 * that signs, so that a misreading on either side shows.
 */
package countersign.host.simulator.verify;
