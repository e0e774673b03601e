/** The decision itself (authorization.md sections 5 to 7 and 10): immutable, free of I/O and locks. */
package countersign.authorization.engine.decision;
