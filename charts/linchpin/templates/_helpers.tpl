{{- define "linchpin.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 50 | trimSuffix "-" }}
{{- end }}

{{- define "linchpin.fullname" -}}
{{- if .Values.fullnameOverride }}
{{- .Values.fullnameOverride | trunc 50 | trimSuffix "-" }}
{{- else if contains (include "linchpin.name" .) .Release.Name }}
{{- .Release.Name | trunc 50 | trimSuffix "-" }}
{{- else }}
{{- printf "%s-%s" .Release.Name (include "linchpin.name" .) | trunc 50 | trimSuffix "-" }}
{{- end }}
{{- end }}

{{/* The services that this mode runs, comma-separated: linchpind's targets. */}}
{{- define "linchpin.components" -}}
{{- if eq .Values.mode "split" }}inventory,policy,risk{{ else }}all{{ end }}
{{- end }}

{{/* Labels by which objects are selected. Arguments: root, component. */}}
{{- define "linchpin.selector" -}}
app.kubernetes.io/name: {{ include "linchpin.name" .root }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .component }}
{{- end }}

{{/* Labels of every object. Arguments: root, component. */}}
{{- define "linchpin.labels" -}}
{{ include "linchpin.selector" . }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/part-of: linchpin
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version | replace "+" "_" }}
{{- with .root.Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{/* The settings of a component: defaults, overridden by its own. Arguments: root, component. */}}
{{- define "linchpin.component" -}}
{{- mergeOverwrite (deepCopy .root.Values.defaults) (default dict (get .root.Values.components .component)) | toYaml }}
{{- end }}

{{- define "linchpin.image" -}}
{{- if .Values.image.digest }}
{{- printf "%s@%s" .Values.image.repository .Values.image.digest }}
{{- else }}
{{- printf "%s:%s" .Values.image.repository (default .Chart.AppVersion .Values.image.tag) }}
{{- end }}
{{- end }}

{{- define "linchpin.serviceAccountName" -}}
{{- if .Values.serviceAccount.create }}
{{- default (include "linchpin.fullname" .) .Values.serviceAccount.name }}
{{- else }}
{{- default "default" .Values.serviceAccount.name }}
{{- end }}
{{- end }}

{{/* The name by which a component's Service is called, and which its certificate must bear. Arguments: root, component. */}}
{{- define "linchpin.host" -}}
{{- printf "%s-%s.%s.svc" (include "linchpin.fullname" .root) .component .root.Release.Namespace }}
{{- end }}

{{/* The secret with the certificates; empty without TLS. */}}
{{- define "linchpin.tlsSecret" -}}
{{- if .Values.tls.existingSecret }}
{{- .Values.tls.existingSecret }}
{{- else if .Values.tls.certManager.enabled }}
{{- printf "%s-tls" (include "linchpin.fullname" .) }}
{{- end }}
{{- end }}

{{/* The secret with the token of `helm test`; empty without. */}}
{{- define "linchpin.testTokenSecret" -}}
{{- if .Values.auth.existingSecret }}{{ default .Values.auth.serviceTokenSecret .Values.auth.testTokenSecret }}{{ end }}
{{- end }}

{{/* Refuses values that contradict each other, each with a sentence that says what to do. */}}
{{- define "linchpin.check" -}}
{{- if and (eq .Values.mode "split") (not .Values.database.host) }}
{{- fail "mode split needs PostgreSQL: set database.host and database.existingSecret, or use mode single." }}
{{- end }}
{{- if and .Values.database.host (not .Values.database.existingSecret) }}
{{- fail "database.host is set without database.existingSecret: name the secret that holds the user name and the password." }}
{{- end }}
{{- if and .Values.database.caSecret.name (not (hasPrefix "verify-" .Values.database.sslMode)) }}
{{- fail "database.caSecret is set, but database.sslMode does not check certificates: use verify-full or verify-ca." }}
{{- end }}
{{- if and .Values.tls.existingSecret .Values.tls.certManager.enabled }}
{{- fail "tls.existingSecret and tls.certManager.enabled exclude each other: set one of them." }}
{{- end }}
{{- if and .Values.tls.certManager.enabled (not .Values.tls.certManager.issuerRef.name) }}
{{- fail "tls.certManager.enabled needs tls.certManager.issuerRef.name." }}
{{- end }}
{{- if and .Values.tls.clientCertificates (not (include "linchpin.tlsSecret" .)) }}
{{- fail "tls.clientCertificates needs tls.existingSecret or tls.certManager.enabled." }}
{{- end }}
{{- if and (not .Values.allowInsecureListen) (not (include "linchpin.tlsSecret" .)) }}
{{- fail "The API would listen without TLS: set tls.existingSecret or tls.certManager.enabled, or allowInsecureListen=true for a try-out." }}
{{- end }}
{{- if and (not .Values.allowInsecureListen) (not .Values.auth.existingSecret) (not .Values.tls.clientCertificates) }}
{{- fail "The API would listen without authentication: set auth.existingSecret or tls.clientCertificates, or allowInsecureListen=true for a try-out." }}
{{- end }}
{{- if and (eq .Values.mode "split") .Values.auth.existingSecret (not .Values.auth.serviceTokenSecret) }}
{{- fail "mode split with auth.existingSecret needs auth.serviceTokenSecret, by which Policy and Risk call Inventory." }}
{{- end }}
{{- if and (ne .Values.admission.mode "off") (not .Values.admission.keysSecret) (or (eq .Values.mode "split") .Values.database.host) }}
{{- fail (printf "admission.mode=%s needs admission.keysSecret: Policy must be able to sign what Inventory believes." .Values.admission.mode) }}
{{- end }}
{{- if and (eq .Values.mode "single") (not .Values.database.host) }}
{{- $all := include "linchpin.component" (dict "root" . "component" "all") | fromYaml }}
{{- if or $all.autoscaling.enabled (gt (int $all.replicaCount) 1) }}
{{- fail "The embedded database serves one process: set database.host for more than one replica." }}
{{- end }}
{{- end }}
{{- end }}

{{/* A number as people write it: helm reads all of them as floating point, which prints 33554432 as 3.3554432e+07. */}}
{{- define "linchpin.scalar" -}}
{{- if and (kindIs "float64" .) (eq . (floor .)) }}{{ int64 . }}{{ else }}{{ toString . }}{{ end }}
{{- end }}

{{/* The secret of the keys of check tokens, for those who sign them or believe them. Arguments: root, component. */}}
{{- define "linchpin.admissionSecret" -}}
{{- if has .component (list "all" "inventory" "policy") }}{{ .root.Values.admission.keysSecret }}{{ end }}
{{- end }}

{{/* linchpind's settings as environment variables. Arguments: root, component. */}}
{{- define "linchpin.env" -}}
{{- $root := .root }}
- name: LINCHPIN_TARGET
  value: {{ .component }}
- name: LINCHPIN_LISTEN
  value: 0.0.0.0:50051
- name: LINCHPIN_HEALTH_LISTEN
  value: 0.0.0.0:50052
- name: LINCHPIN_METRICS_LISTEN
  value: 0.0.0.0:9464
- name: LINCHPIN_ALLOW_PLAINTEXT_METRICS
  value: "true"
{{- include "linchpin.storeEnv" $root | nindent 0 }}
{{- if $root.Values.home }}
- name: LINCHPIN_HOME
  value: {{ join "," $root.Values.home | quote }}
{{- end }}
{{- if $root.Values.currency }}
- name: LINCHPIN_CURRENCY
  value: {{ $root.Values.currency | quote }}
{{- end }}
{{- if has .component (list "policy" "risk") }}
- name: LINCHPIN_INVENTORY_ADDRESS
  value: {{ include "linchpin.host" (dict "root" $root "component" "inventory") }}:50051
{{- if $root.Values.auth.serviceTokenSecret }}
- name: LINCHPIN_TOKEN_FILE
  value: /etc/linchpin/service-token/token
{{- end }}
{{- end }}
{{- if include "linchpin.tlsSecret" $root }}
- name: LINCHPIN_TLS_CERT
  value: /etc/linchpin/tls/tls.crt
- name: LINCHPIN_TLS_KEY
  value: /etc/linchpin/tls/tls.key
{{- if $root.Values.tls.clientCertificates }}
- name: LINCHPIN_TLS_CLIENT_CA
  value: /etc/linchpin/tls/ca.crt
- name: LINCHPIN_CLIENT_CERT
  value: /etc/linchpin/tls/tls.crt
- name: LINCHPIN_CLIENT_KEY
  value: /etc/linchpin/tls/tls.key
{{- end }}
- name: LINCHPIN_CLIENT_CA
  value: /etc/linchpin/tls/ca.crt
{{- end }}
{{- if $root.Values.auth.existingSecret }}
- name: LINCHPIN_AUTH_TOKENS_FILE
  value: /etc/linchpin/auth/tokens.yaml
{{- end }}
{{- if and (ne $root.Values.admission.mode "off") (has .component (list "all" "inventory")) }}
- name: LINCHPIN_ADMISSION
  value: {{ $root.Values.admission.mode }}
{{- end }}
{{- if include "linchpin.admissionSecret" . }}
- name: LINCHPIN_ADMISSION_KEYS_FILE
  value: /etc/linchpin/admission/keys
{{- end }}
{{- if $root.Values.allowInsecureListen }}
- name: LINCHPIN_ALLOW_INSECURE_LISTEN
  value: "true"
{{- end }}
- name: LINCHPIN_DRAIN_DELAY_SECONDS
  value: {{ $root.Values.drainDelaySeconds | quote }}
- name: LINCHPIN_DRAIN_TIMEOUT_SECONDS
  value: {{ $root.Values.drainTimeoutSeconds | quote }}
- name: LINCHPIN_MAX_CONNECTION_AGE_SECONDS
  value: {{ $root.Values.maxConnectionAgeSeconds | quote }}
{{- range $name, $value := $root.Values.settings }}
- name: {{ printf "LINCHPIN_%s" ($name | upper | replace "-" "_") }}
  value: {{ include "linchpin.scalar" $value | quote }}
{{- end }}
{{- end }}

{{/* The authorities that the database's certificate is checked against: the secret's, else those of the image. */}}
{{- define "linchpin.databaseRoots" -}}
{{- if .Values.database.caSecret.name -}}
{{- printf " sslrootcert=/etc/linchpin/database-ca/%s" .Values.database.caSecret.key -}}
{{- else if hasPrefix "verify-" .Values.database.sslMode -}}
{{- " sslrootcert=/etc/ssl/certs/ca-certificates.crt" -}}
{{- end -}}
{{- end }}

{{/* Where the database is. Argument: root. */}}
{{- define "linchpin.storeEnv" -}}
{{- if .Values.database.host }}
- name: PGUSER
  valueFrom:
    secretKeyRef:
      name: {{ .Values.database.existingSecret }}
      key: {{ .Values.database.secretKeys.username }}
- name: LINCHPIN_STORE
  value: {{ printf "postgresql:host=%s port=%d dbname=%s sslmode=%s%s" .Values.database.host (int .Values.database.port) .Values.database.name .Values.database.sslMode (include "linchpin.databaseRoots" .) | quote }}
- name: LINCHPIN_STORE_PASSWORD_FILE
  value: {{ printf "/etc/linchpin/database/%s" .Values.database.secretKeys.password }}
# The tables are brought up to date before the server starts.
- name: LINCHPIN_MIGRATE
  value: "false"
{{- else }}
- name: LINCHPIN_STORE
  value: sqlite:/var/lib/linchpin
{{- end }}
{{- end }}

{{/* Mounts of what only talks to the database. Argument: root. */}}
{{- define "linchpin.storeMounts" -}}
{{- if .Values.database.host }}
- name: database
  mountPath: /etc/linchpin/database
  readOnly: true
{{- if .Values.database.caSecret.name }}
- name: database-ca
  mountPath: /etc/linchpin/database-ca
  readOnly: true
{{- end }}
{{- else }}
- name: data
  mountPath: /var/lib/linchpin
{{- end }}
- name: tmp
  mountPath: /tmp
{{- end }}

{{/* Mounts of the server. Argument: root. */}}
{{- define "linchpin.mounts" -}}
{{ include "linchpin.storeMounts" . }}
{{- if include "linchpin.tlsSecret" . }}
- name: tls
  mountPath: /etc/linchpin/tls
  readOnly: true
{{- end }}
{{- if .Values.auth.existingSecret }}
- name: auth
  mountPath: /etc/linchpin/auth
  readOnly: true
{{- end }}
{{- if .Values.auth.serviceTokenSecret }}
- name: service-token
  mountPath: /etc/linchpin/service-token
  readOnly: true
{{- end }}
{{- end }}

{{/* The volumes of the former. Argument: root. */}}
{{- define "linchpin.storeVolumes" -}}
{{- if .Values.database.host }}
- name: database
  secret:
    secretName: {{ .Values.database.existingSecret }}
    defaultMode: 0440
{{- with .Values.database.caSecret.name }}
- name: database-ca
  secret:
    secretName: {{ . }}
    defaultMode: 0440
{{- end }}
{{- else if .Values.persistence.enabled }}
- name: data
  persistentVolumeClaim:
    claimName: {{ default (include "linchpin.fullname" .) .Values.persistence.existingClaim }}
{{- else }}
- name: data
  emptyDir: {}
{{- end }}
- name: tmp
  emptyDir: {}
{{- end }}

{{/* The volumes of the latter. Argument: root. */}}
{{- define "linchpin.volumes" -}}
{{ include "linchpin.storeVolumes" . }}
{{- with include "linchpin.tlsSecret" . }}
- name: tls
  secret:
    secretName: {{ . }}
    defaultMode: 0440
{{- end }}
{{- with .Values.auth.existingSecret }}
- name: auth
  secret:
    secretName: {{ . }}
    defaultMode: 0440
{{- end }}
{{- with .Values.auth.serviceTokenSecret }}
- name: service-token
  secret:
    secretName: {{ . }}
    defaultMode: 0440
{{- end }}
{{- end }}
