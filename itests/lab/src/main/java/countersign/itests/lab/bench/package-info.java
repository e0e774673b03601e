/** Where we stand: throughput, latency, memory and start time, measured in one run beside the direct path and a bare nginx hop. */
package countersign.itests.lab.bench;
