/** What would have to change for a refused request to pass. Off the request path: it compiles the changed rules to try them. */
package countersign.authorization.engine.advice;
