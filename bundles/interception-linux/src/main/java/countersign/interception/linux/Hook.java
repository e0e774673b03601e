package countersign.interception.linux;

/** Where programs are attached, in the order of first attachment (interception.md section 5): egress last. */
enum Hook {
    SOCK_OPS("sock_ops"),
    POST_BIND4("post_bind4"),
    POST_BIND6("post_bind6"),
    PEER4("peer4"),
    PEER6("peer6"),
    CONNECT6("connect6"),
    CONNECT4("connect4"),
    EGRESS("egress");

    private final String program;

    Hook(String program) {
        this.program = program;
    }

    /** The program's name in the object and its link's name in the pin folder. */
    String program() {
        return program;
    }
}
