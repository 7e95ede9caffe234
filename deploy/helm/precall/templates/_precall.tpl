{{- /* The name of the release, with that of the chart in it. It is short enough for the number that a CronJob adds. */}}
{{- define "precall.name" -}}
{{- if contains "precall" .Release.Name }}{{ .Release.Name | trunc 40 | trimSuffix "-" }}
{{- else }}{{ printf "%s-precall" (.Release.Name | trunc 32 | trimSuffix "-") }}
{{- end }}
{{- end }}

{{- define "precall.labels" -}}
app.kubernetes.io/name: precall
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ .Chart.Name }}-{{ .Chart.Version }}
{{- end }}

{{- /*
A Job, or a CronJob that makes one: the context has `root`, `name`, and `job`, which is the specification of the Job. A Job cannot be
changed, so each revision of the release has one of its own.
*/}}
{{- define "precall.job" -}}
{{- $values := .root.Values -}}
apiVersion: batch/v1
kind: {{ if $values.schedule }}CronJob{{ else }}Job{{ end }}
metadata:
  name: {{ .name }}{{ if not $values.schedule }}-{{ .root.Release.Revision }}{{ end }}
  labels: {{- include "precall.labels" .root | nindent 4 }}
spec:
{{- if $values.schedule }}
  schedule: {{ $values.schedule | quote }}
  {{- with $values.timeZone }}
  timeZone: {{ . | quote }}
  {{- end }}
  concurrencyPolicy: Forbid
  jobTemplate:
    metadata:
      labels: {{- include "precall.labels" .root | nindent 8 }}
    spec: {{- .job | nindent 6 }}
{{- else }}
{{- .job | nindent 2 }}
{{- end }}
{{- end }}

{{- /* The pod of a Job: the context has `root`, `script`, `resources`, `environment`, and the sizes of what it may write. */}}
{{- define "precall.pod" -}}
{{- $values := .root.Values -}}
metadata:
  labels: {{- include "precall.labels" .root | nindent 4 }}
spec:
  restartPolicy: Never
  # precall asks Kubernetes for nothing, and a page under test must not be able to.
  automountServiceAccountToken: false
  {{- with $values.serviceAccount }}
  serviceAccountName: {{ . }}
  {{- end }}
  enableServiceLinks: false
  {{- with $values.imagePullSecrets }}
  imagePullSecrets: {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with $values.nodeSelector }}
  nodeSelector: {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with $values.tolerations }}
  tolerations: {{- toYaml . | nindent 4 }}
  {{- end }}
  securityContext:
    runAsNonRoot: true
    runAsUser: 10001
    runAsGroup: 10001
    # Makes the volumes writable for that group.
    fsGroup: 10001
    seccompProfile: {{- toYaml $values.seccompProfile | nindent 6 }}
  containers:
    - name: precall
      image: {{ $values.image.repository }}{{ with $values.image.tag }}:{{ . }}{{ end }}
      imagePullPolicy: {{ $values.image.pullPolicy }}
      command: [sh, -c]
      args:
        - | {{- .script | trim | nindent 10 }}
      env:
        - { name: RESULTS, value: /results }
        - { name: PRECALL_SHARDS, value: {{ $values.shards | quote }} }
        - { name: HOME, value: /home/precall }
        - name: JOB_NAME
          valueFrom: { fieldRef: { fieldPath: "metadata.labels['batch.kubernetes.io/job-name']" } }
        {{- with $values.store.url }}
        - { name: STORE, value: {{ . | quote }} }
        {{- end }}
        {{- range $name, $value := .environment }}
        - { name: {{ $name }}, value: {{ $value | quote }} }
        {{- end }}
      {{- with $values.store.secret }}
      envFrom:
        - secretRef: { name: {{ . }} }
      {{- end }}
      securityContext:
        allowPrivilegeEscalation: false
        readOnlyRootFilesystem: true
        capabilities: { drop: [ALL] }
      resources: {{- toYaml .resources | nindent 8 }}
      volumeMounts:
        - { name: results, mountPath: /results }
        - { name: temporary, mountPath: /tmp }
        - { name: home, mountPath: /home/precall }
        {{- if $values.scenarios }}
        - { name: scenarios, mountPath: /own, readOnly: true }
        {{- end }}
  volumes:
    - name: results
      {{- if $values.store.url }}
      emptyDir: { sizeLimit: {{ $values.claim.size }} }
      {{- else }}
      persistentVolumeClaim: { claimName: {{ $values.claim.existing | default (printf "%s-results" (include "precall.name" .root)) }} }
      {{- end }}
    - name: temporary
      emptyDir: { sizeLimit: {{ .temporary }} }
    - name: home
      emptyDir: { sizeLimit: {{ .home }} }
    {{- if $values.scenarios }}
    - name: scenarios
      configMap: { name: {{ include "precall.name" .root }} }
    {{- end }}
{{- end }}
