# consul-scan as a job of Nomad 1.7 or newer. docs/service.md says what Consul and Nomad have to allow before.
job "consul-scan" {
  type = "service"

  group "consul-scan" {
    # One alone: the second would find the store locked.
    count = 1

    # The findings stay with the host; sticky disks would lose them when the host is lost.
    volume "findings" {
      type      = "host"
      source    = "consul-scan"
      read_only = false
    }

    update {
      # The old one has to end first, as it holds the store.
      canary       = 0
      max_parallel = 1
    }

    network {
      port "http" {
        to = 9118
      }
    }

    service {
      name     = "consul-scan"
      port     = "http"
      provider = "consul"
      tags     = ["metrics"]

      check {
        type            = "http"
        protocol        = "https"
        tls_skip_verify = true # Consul's agent asks by address, which certificates seldom hold
        path            = "/-/ready"
        interval        = "15s"
        timeout         = "5s"
      }
    }

    task "serve" {
      driver = "docker"
      user   = "10001"

      config {
        image           = "consul-scan:local"
        args            = ["serve", "--config", "/local/consul-scan.yaml", "--web-config", "/secrets/web.yaml", "--listen", "0.0.0.0:9118"]
        ports           = ["http"]
        readonly_rootfs = true
        cap_drop        = ["all"]
        security_opt    = ["no-new-privileges"]
      }

      # A token of Consul for this task alone. Nomad puts it into CONSUL_TOKEN, and starts the task anew with another.
      consul {}

      identity {
        name = "consul_default"
        aud  = ["consul.io"]
        ttl  = "1h"
      }

      volume_mount {
        volume      = "findings"
        destination = "/var/lib/consul-scan"
      }

      template {
        destination   = "local/consul-scan.yaml"
        change_mode   = "signal"
        change_signal = "SIGHUP"
        data          = <<-EOT
          clusters:
            dc1:
              address: http://{{ env "attr.unique.network.ip-address" }}:8500
              token_env: CONSUL_TOKEN
            dc2:
              address: https://consul.dc2.example:8501
              token_file: /secrets/dc2.token
          store: {path: /var/lib/consul-scan/findings.db}
        EOT
      }

      template {
        destination = "secrets/dc2.token"
        perms       = "0400"
        uid         = 10001
        change_mode = "noop" # read for each request
        data        = "{{ with nomadVar \"nomad/jobs/consul-scan\" }}{{ .dc2_token }}{{ end }}"
      }

      template {
        destination = "secrets/server.pem"
        perms       = "0400"
        uid         = 10001
        change_mode = "noop" # looked at for each handshake, as the two below
        data        = "{{ with nomadVar \"nomad/jobs/consul-scan\" }}{{ .certificate }}{{ end }}"
      }

      template {
        destination = "secrets/server-key.pem"
        perms       = "0400"
        uid         = 10001
        change_mode = "noop"
        data        = "{{ with nomadVar \"nomad/jobs/consul-scan\" }}{{ .key }}{{ end }}"
      }

      template {
        destination = "secrets/web.yaml"
        perms       = "0400"
        uid         = 10001
        change_mode = "noop"
        data        = <<-EOT
          tls_server_config: {cert_file: server.pem, key_file: server-key.pem}
          bearer_tokens:
            prometheus: {{ with nomadVar "nomad/jobs/consul-scan" }}{{ .prometheus_token_sha256 }}{{ end }}
        EOT
      }

      kill_timeout = "15s"

      resources {
        cpu        = 500
        memory     = 256
        memory_max = 1024
      }
    }
  }
}
