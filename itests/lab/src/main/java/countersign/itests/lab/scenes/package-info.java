/** What the agent has to show on real traffic, one scene each; played by the demo and by the namespace tests. */
package countersign.itests.lab.scenes;
