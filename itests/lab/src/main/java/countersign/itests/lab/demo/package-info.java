/** What a newcomer sees first. */
package countersign.itests.lab.demo;
