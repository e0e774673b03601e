package countersign.policy.tool;

/**
 * What is wrong, or probably not what the author wants.
 *
 * @param member JSON Pointer of what it is about; empty for the whole document
 */
record Warning(String member, String message) {}
