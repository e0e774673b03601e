/** The policy in force: where rules come from, when they are compiled, how they go live. */
package countersign.authorization.engine.live;
