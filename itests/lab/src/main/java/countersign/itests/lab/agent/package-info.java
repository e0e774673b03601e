/** The composed agent as a process of the lab. */
package countersign.itests.lab.agent;
