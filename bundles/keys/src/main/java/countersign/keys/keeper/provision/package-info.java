/** Provisioning: what must be ready before boot goes on, told by tag files and to whoever asks (secure-channel.md section 10). */
package countersign.keys.keeper.provision;
