/** The key status document of the host: read strictly, or refused as a whole (secure-channel.md sections 2 to 4). */
package countersign.keys.keeper.document;
