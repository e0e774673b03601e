/** Challenges new rules with hostile spellings before they go live. */
package countersign.authorization.engine.twins;
