package countersign.itests.lab.bench;

/** How requests come: from so many clients at a time, each with one connection or with one for each request. */
enum Traffic {
    KEEP_ALIVE("16 clients, keep-alive", 16, true),
    CHURN("16 clients, one connection per request", 16, false),
    SINGLE("1 client, keep-alive", 1, true);

    final String title;
    final int clients;
    final boolean keepAlive;

    Traffic(String title, int clients, boolean keepAlive) {
        this.title = title;
        this.clients = clients;
        this.keepAlive = keepAlive;
    }
}
