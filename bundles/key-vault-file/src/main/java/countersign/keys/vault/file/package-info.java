/** Keys at rest, in the clear, as {@code <guid>.key} in a folder of mode 0700 (secure-channel.md section 8). */
package countersign.keys.vault.file;
