variable "db_instance_identifier" {
  description = "Identifier of the DB instance. Use a literal or a variable, not a reference to the aws_db_instance, since that resource gets its CA from this module."
  type        = string
}

variable "target_ca_cert_identifier" {
  description = "Identifier of the CA to switch to, such as rds-ca-rsa2048-g1."
  type        = string

  validation {
    condition     = startswith(var.target_ca_cert_identifier, "rds-ca-") && var.target_ca_cert_identifier != "rds-ca-2019"
    error_message = "Give the identifier of a CA that RDS still offers, such as rds-ca-rsa2048-g1."
  }
}

variable "clients" {
  description = "The clients of the DB instance, by name, as in sslready_trust_store_validation."
  type = map(object({
    driver          = string
    driver_version  = optional(string)
    runtime_version = optional(string)
    connection      = optional(string)
    environment     = optional(map(string))
    properties      = optional(map(string))
    via             = optional(string)
    trust_store = optional(object({
      path           = optional(string)
      content        = optional(string)
      content_base64 = optional(string)
      format         = optional(string)
      password_env   = optional(string)
      place          = optional(string)
    }))
    match = optional(object({
      usernames         = optional(list(string))
      databases         = optional(list(string))
      application_names = optional(list(string))
      client_cidrs      = optional(list(string))
    }))
  }))

  validation {
    condition     = length(var.clients) > 0
    error_message = "Declare at least one client: without clients, nothing is checked."
  }
}

variable "store_passwords" {
  description = "Passwords of the clients' trust stores, by client name. They are never stored. They do not work with on_unready = report: use trust_store.password_env there."
  type        = map(string)
  ephemeral   = true
  default     = {}
}

variable "on_unready" {
  description = "report: only report, never switch. hold: stay on the current CA while anything blocks the switch, and warn. error: fail the plan instead."
  type        = string
  default     = "hold"

  validation {
    condition     = contains(["report", "hold", "error"], var.on_unready)
    error_message = "Give report, hold or error."
  }
}

variable "after" {
  description = "The outputs switched of all earlier stages. While one of them is false, this DB instance stays on its current CA. Default: none, so this is the first stage."
  type        = list(bool)
  default     = []
}

variable "observe" {
  description = "Set this to check who is connected. A session that matches no client then blocks the switch, unless the session is known not to use TLS. With {}, the sessions are checked once; with observe_for, they are checked repeatedly for that time. The provider needs access to PostgreSQL. Default: sessions are not checked."
  type = object({
    observe_for     = optional(string)
    sample_interval = optional(string)
  })
  default = null
}

variable "waivers" {
  description = "Clients that may be unready for a time, by name, with the reason and the time at which the waiver expires (RFC 3339)."
  type = map(object({
    reason  = string
    expires = string
  }))
  default = {}
}

variable "minimum_validity" {
  description = "Trust anchors that expire within this time are reported as findings. A Go duration such as 720h. Default: not checked."
  type        = string
  default     = null
}

variable "db_instance_exists" {
  description = "Set this to false until the DB instance exists, if the same configuration creates it. Nothing is then read about the DB instance, and the clients are judged against the target CA alone."
  type        = bool
  default     = true
}
