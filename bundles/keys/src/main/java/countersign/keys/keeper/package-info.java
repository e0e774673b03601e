/**
 * The secure channel: poll the host, latch a key, hand out its policy, keep redirection in accord (secure-channel.md). {@link
 * countersign.keys.keeper.SecureChannel} decides, {@link countersign.keys.keeper.KeeperLoop} gives it time, the components wire.
 */
package countersign.keys.keeper;
