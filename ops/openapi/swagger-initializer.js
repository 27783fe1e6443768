// In place of the package's own, which shows an example from another host.
window.ui = SwaggerUIBundle({ url: 'openapi.yaml', dom_id: '#swagger-ui', validatorUrl: null })
