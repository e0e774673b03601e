package countersign.itests.lab.bench;

import countersign.itests.lab.Child;
import countersign.itests.lab.Lab;
import countersign.itests.lab.Network;
import countersign.itests.lab.User;
import countersign.itests.lab.client.Talker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** A bare hop in the guest: as little as a proxy can do. */
final class Nginx {
    static final String ADDRESS = "127.0.0.1";
    static final int PORT = 8089;

    private Nginx() {}

    /** Starts it and returns its process id once it listens. */
    static long start(Lab lab) throws IOException {
        Path folder = Files.createDirectory(lab.folder().resolve("nginx"));
        Path config = Files.writeString(folder.resolve("nginx.conf"), """
                daemon off;
                master_process off;
                error_log stderr crit;
                pid %1$s/nginx.pid;
                events { worker_connections 4096; }
                http {
                  access_log off;
                  client_body_temp_path %1$s/body; proxy_temp_path %1$s/proxy; fastcgi_temp_path %1$s/fastcgi;
                  uwsgi_temp_path %1$s/uwsgi; scgi_temp_path %1$s/scgi;
                  keepalive_requests 100000000;
                  upstream imds { server %2$s:80; keepalive 64; keepalive_requests 100000000; }
                  server {
                    listen %3$s:%4$d;
                    location / { proxy_pass http://imds; proxy_http_version 1.1; proxy_set_header Connection ""; proxy_set_header Host %2$s; }
                  }
                }
                """.formatted(folder, Network.IMDS, ADDRESS, PORT));
        Child nginx = lab.start("nginx", lab.unguarded(User.ROOT), Map.of(), List.of("nginx", "-p", folder.toString(), "-c", config.toString()));
        Talker talker = lab.talker(lab.unguarded(User.ROOT));
        Lab.await("nginx to listen", Duration.ofSeconds(10), () -> {
            if (!nginx.alive()) {
                throw new IOException("nginx ended: " + Files.readString(nginx.errors()));
            }
            try (Talker.Line line = talker.open(ADDRESS, PORT)) {
                return line.localPort() > 0;
            } catch (IOException e) {
                return false;
            }
        });
        return nginx.pid();
    }
}
