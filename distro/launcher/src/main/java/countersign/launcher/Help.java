package countersign.launcher;

/** What {@code countersign help} prints. */
final class Help {
    static final String TEXT = """
        Usage: countersign [COMMAND]

          agent [--config FILE]     guard this machine, in the foreground; SIGTERM stops (default without a command)
          console [--config FILE]   the same; Enter stops
          status [--wait N]         ask the running agent whether provisioning has finished; try for N seconds
                                    exit status 0 finished, 1 not finished or no agent, 2 finished with an error
          detach [--config FILE]    take the interception programs off after the agent has gone; --pin-folder FOLDER
                                    and --libbpf LIBRARY win over the configuration
          policy ...                work on rule documents, offline; 'countersign policy help' says more
          prepare                   make 'status' start faster with this machine's Java; once after installing either
          version                   print the version
          help                      print this text

        Also understood: --status, -s, --wait N, -w N (with --status), --version, -v, --help, -h.

        FILE is read, else /etc/azure/proxy-agent.json, else conf/proxy-agent.json of the image.
        Exit status 3: it cannot guard, and standard error says why. Exit status 64: the command line is wrong.
        """;

    private Help() {}
}
