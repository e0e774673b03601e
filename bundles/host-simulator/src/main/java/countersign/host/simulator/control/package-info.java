/** What tests and demos use to steer the simulator and to see what it saw. */
package countersign.host.simulator.control;
