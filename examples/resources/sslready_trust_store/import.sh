# Import an existing file by its path. You need not import it to keep its certificates: a new resource keeps them too.
terraform import sslready_trust_store.billing ./truststore.p12
