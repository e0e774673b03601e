/**
 * The command line of an image. {@link countersign.launcher.Main} dispatches; {@code status} runs without any framework,
 * {@code agent} embeds one and hands the bundle folder to File Install.
 */
package countersign.launcher;
