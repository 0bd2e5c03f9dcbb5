"""What other tools write, word by word: what it is in our words, or a sentence to who wrote it.

`<word>` is an element inside `extensionElements`, `word` an attribute. Words of engines like Camunda 7 stand under `camunda:`,
whichever of them wrote them. `TAKEN` are said in our words where the table in `engine/README.md` says so, `NOTED` change
nothing, and what is in neither is refused, by its sentence of `REFUSED` or the general one.
"""

TAKEN = {
    "camunda:assignee": "redress:assignee",
    "camunda:candidateGroups": "redress:candidateGroups",
    "camunda:candidateUsers": "redress:candidateUsers",
    "camunda:priority": "redress:priority",
    "camunda:dueDate": "redress:dueDate",
    "camunda:formKey": "redress:formKey",
    "camunda:formRef": "redress:formKey",
    "camunda:initiator": "redress:initiator",
    "camunda:topic": "redress:topic",
    "camunda:type": "redress:topic",
    "<camunda:failedJobRetryTimeCycle>": "redress:retries",
    "camunda:decisionRef": "redress:decisionRef",
    "camunda:decisionRefBinding": "redress:decisionRef",
    "camunda:resultVariable": "redress:resultVariable",
    "camunda:mapDecisionResult": "redress:resultShape",
    "camunda:calledElementBinding": "redress:binding",
    "camunda:calledElementVersion": "redress:version",
    "camunda:sameDeployment": "redress:binding",
    "camunda:inheritVariables": "redress:passes",
    "<camunda:in>": "redress:inputs",
    "<camunda:out>": "redress:outputs",
    "<camunda:inputOutput>": "redress:inputs",
    "camunda:collection": "loopDataInputRef",
    "camunda:elementVariable": "inputDataItem",
    "camunda:scope": "redress:scope",
    "camunda:errorCodeVariable": "redress:outputs",
    "camunda:errorMessageVariable": "redress:outputs",
    "<zeebe:assignmentDefinition>": "redress:assignee",
    "<zeebe:taskSchedule>": "redress:dueDate",
    "<zeebe:priorityDefinition>": "redress:priority",
    "<zeebe:formDefinition>": "redress:formKey",
    "<zeebe:userTask>": "userTask",
    "<zeebe:taskDefinition>": "redress:topic",
    "<zeebe:script>": "script",
    "<zeebe:calledDecision>": "redress:decisionRef",
    "<zeebe:calledElement>": "calledElement",
    "<zeebe:ioMapping>": "redress:inputs",
    "<zeebe:loopCharacteristics>": "loopDataInputRef",
    "<zeebe:subscription>": "redress:correlationKey",
}

_ONE_BY_ONE = "Every step is kept when it is done, and the steps of an instance are done one after the other."
_IN_ORDER = "Jobs are done in the order in which they are due."
_RIGHTS = "Who may start a process is said by the roles of the accounts."
_TEMPLATE = "It says how a modeler shows the element."
_CONDITION = "A condition is asked again after every step."
_NOTES = "Nothing here reads names and values for other programs."
_CHECKED = "What is typed into a form is always checked."
NOTED = {
    "camunda:async": _ONE_BY_ONE,
    "camunda:asyncBefore": _ONE_BY_ONE,
    "camunda:asyncAfter": _ONE_BY_ONE,
    "camunda:asyncLeave": _ONE_BY_ONE,
    "camunda:exclusive": _ONE_BY_ONE,
    "camunda:jobPriority": _IN_ORDER,
    "camunda:taskPriority": _IN_ORDER,
    "camunda:historyTimeToLive": "How long history is kept is a setting of the installation.",
    "camunda:versionTag": "Versions are numbered when they are deployed.",
    "camunda:isStartableInTasklist": _RIGHTS,
    "camunda:candidateStarterGroups": _RIGHTS,
    "camunda:candidateStarterUsers": _RIGHTS,
    "camunda:followUpDate": "A task has one date, by when it is due.",
    "camunda:formRefBinding": "The form is the one deployed with the diagram.",
    "camunda:formRefVersion": "The form is the one deployed with the diagram.",
    "<camunda:historyLevel>": "History is always kept whole.",
    "<camunda:work-form-field-validation>": _CHECKED,
    "<camunda:task-candidates-type>": _TEMPLATE,
    "camunda:formFieldValidation": _CHECKED,
    "camunda:modelerTemplate": _TEMPLATE,
    "camunda:modelerTemplateVersion": _TEMPLATE,
    "camunda:modelerTemplateIcon": _TEMPLATE,
    "camunda:diagramRelationId": _TEMPLATE,
    "camunda:errorMessage": "People read the name of the error.",
    "camunda:autoStoreVariables": "What a script sets is always kept.",
    "camunda:variableName": _CONDITION,
    "camunda:variableEvents": _CONDITION,
    "camunda:variableEvent": _CONDITION,
    "<camunda:properties>": _NOTES,
    "<zeebe:properties>": _NOTES,
    "<zeebe:taskHeaders>": "A handler gets the variables of its task; give it more as inputs (redress:inputs).",
    "<zeebe:versionTag>": "Versions are numbered when they are deployed.",
    "<zeebe:conditionalFilter>": _CONDITION,
    "zeebe:modelerTemplate": _TEMPLATE,
    "zeebe:modelerTemplateVersion": _TEMPLATE,
    "zeebe:modelerTemplateIcon": _TEMPLATE,
}

_PROGRAM = "No program of a diagram is run here: give the task a topic (redress:topic), and let a handler of that topic do the work."
_LISTENER = "Listeners work where nobody sees them in the drawing: draw a task for what they do."
_FIELDS = "Draw the fields as a form (a .form file), deploy it with the diagram and set redress:formKey to its name."
_VERSION_TAG = "There are no version tags here: remove it, or choose a version by its number (redress:version)."
_CASE = "Cases are not executed: call a process instead."
_TENANT = "There are no tenants here: remove it."
_SKIP = "Nothing is skipped unseen: draw an exclusive gateway before the element."
_HANDED = "No program of a diagram is run here: say what is handed over (redress:inputs) and what comes back (redress:outputs)."
_BUILT_IN = "There are no built-in tasks of this kind: give it a topic (redress:topic), and let a handler of that topic do the work."
_FIELD = "No program of a diagram is run here, so nobody reads its fields; give a handler its values as inputs (redress:inputs)."
_EVENTS = "Events from outside are messages here: draw a message event, and let the message be sent."
_PAGE = "Pages of other programs are not shown: draw the fields as a form (.form), deploy it with the diagram and set redress:formKey."
REFUSED = {
    "camunda:formKey": _PAGE,
    "<zeebe:formDefinition>": _PAGE,
    "<zeebe:taskDefinition>": _PROGRAM,
    "camunda:class": _PROGRAM,
    "camunda:delegateExpression": _PROGRAM,
    "camunda:expression": _PROGRAM,
    "camunda:type": _BUILT_IN,
    "<camunda:connector>": _PROGRAM,
    "<camunda:field>": _FIELD,
    "<camunda:executionListener>": _LISTENER,
    "<camunda:taskListener>": _LISTENER,
    "<camunda:eventListener>": _LISTENER,
    "<zeebe:executionListeners>": _LISTENER,
    "<zeebe:taskListeners>": _LISTENER,
    "<camunda:formData>": _FIELDS,
    "<camunda:formProperty>": _FIELDS,
    "<zeebe:userTaskForm>": "Save the form as a .form file, deploy it with the diagram and set redress:formKey to its name.",
    "camunda:formHandlerClass": _FIELDS,
    "camunda:resource": "Write the script into the diagram; it cannot stand in another file.",
    "camunda:decisionRefVersion": "A decision is the one deployed with the diagram: remove the version.",
    "camunda:decisionRefVersionTag": _VERSION_TAG,
    "camunda:calledElementVersionTag": _VERSION_TAG,
    "camunda:decisionRefTenantId": _TENANT,
    "camunda:calledElementTenantId": _TENANT,
    "camunda:caseRef": _CASE,
    "camunda:caseBinding": _CASE,
    "camunda:variableMappingClass": _HANDED,
    "camunda:variableMappingDelegateExpression": _HANDED,
    "camunda:escalationCodeVariable": "Which escalation it was is said by the event that catches it: draw an event for each code.",
    "camunda:skipExpression": _SKIP,
    "camunda:correlationKey": "Say it at the message (redress:correlationKey): a message has one key, wherever it is caught.",
    "camunda:triggerable": "Nothing is continued unseen: draw a receive task behind this one for the answer.",
    "camunda:isInterrupting": "Write isInterrupting without a prefix: it is an attribute of BPMN.",
    "<camunda:eventType>": _EVENTS,
    "<camunda:eventInParameter>": _EVENTS,
    "<camunda:eventOutParameter>": _EVENTS,
    "<camunda:triggerEventType>": _EVENTS,
    "<camunda:triggerEventCorrelationParameter>": _EVENTS,
    "camunda:resultVariableName": _PROGRAM,
    "<zeebe:adHoc>": "Activities of an ad-hoc sub-process begin by themselves: remove the list of those to begin, or draw the choice.",
}

# Of jBPM and Kogito: attributes with the value that changes what happens.
KIE_REFUSED = {
    "waitForCompletion": ("false", "A call waits for what it calls: let a throw event send a message, and a message start the process."),
    "adHoc": ("true", "What nothing leads to would begin by itself: draw an ad-hoc sub-process, or connect it."),
}
