/**
 * The agent's own requests: one connection each, the header block exactly as endorsed, bounded in time and size. The exchange is spoken over
 * a plain socket rather than through a client library, because answers carry keys: every buffer a key passes through is overwritten here,
 * which no pooled buffer of a library would be.
 */
package countersign.host.client;
