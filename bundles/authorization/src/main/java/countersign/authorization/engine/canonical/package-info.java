/** Normal forms of requests and rule patterns (canonicalization.md). Plain functions without state. */
package countersign.authorization.engine.canonical;
