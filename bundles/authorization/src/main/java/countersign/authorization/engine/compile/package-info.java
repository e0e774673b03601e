/** From rule documents and local files to compiled rule sets (authorization.md sections 4 and 9). */
package countersign.authorization.engine.compile;
