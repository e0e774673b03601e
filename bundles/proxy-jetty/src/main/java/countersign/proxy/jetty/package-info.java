/**
 * The listener and the way of one request (proxy.md). The client's leg is {@link countersign.proxy.jetty.ClientConnection}, the leg to the
 * host {@link countersign.proxy.jetty.ServiceConnection}; {@link countersign.proxy.jetty.Gate} decides between them.
 */
package countersign.proxy.jetty;
