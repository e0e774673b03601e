/**
 * Two network namespaces, a guest and a host, and what lives in them: processes with chosen users and cgroups, the composed agent, the
 * simulated host. The demo, the namespace tests and the benchmark are built of these parts.
 */
package countersign.itests.lab;
