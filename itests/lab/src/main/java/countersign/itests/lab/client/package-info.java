/** What runs inside a namespace as somebody: a client that is told what to ask, and a load generator. */
package countersign.itests.lab.client;
