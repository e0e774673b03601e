package countersign.itests.azure.identity;

import com.azure.core.credential.AccessToken;
import com.azure.core.credential.TokenRequestContext;
import com.azure.identity.ManagedIdentityCredentialBuilder;

/** Prints the token of this machine's identity for a resource: {@code <expiry> <token>}. Argument: the scope. */
public final class TokenMain {
    private TokenMain() {}

    public static void main(String[] args) {
        AccessToken token = new ManagedIdentityCredentialBuilder().maxRetry(1).build()
                .getTokenSync(new TokenRequestContext().addScopes(args[0]));
        System.out.println(token.getExpiresAt().toInstant() + " " + token.getToken());
        System.exit(0); // the library keeps threads
    }
}
