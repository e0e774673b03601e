/** Endorses requests as the host's scheme {@code Azure-HMAC-SHA256} wants it (signing.md). */
package countersign.hmac;
