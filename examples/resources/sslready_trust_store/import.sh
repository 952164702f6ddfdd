# A file that is there already, by its path. It is not needed to keep its certificates: a new resource keeps them too.
terraform import sslready_trust_store.billing ./truststore.p12
